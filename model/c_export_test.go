package model

// CSpare is cSpare.
const CSpare = cSpare
