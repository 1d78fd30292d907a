"""The score of the RSU: variables, coefficients, formulas."""
