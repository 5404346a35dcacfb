"""Family benefits that changed in 2020: ARS, AEEH, their convergence at Mayotte, small payments."""
