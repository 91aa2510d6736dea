package csource

// CSpare is cSpare.
const CSpare = cSpare
