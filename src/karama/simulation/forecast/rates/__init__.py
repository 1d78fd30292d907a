"""The rates of the forecast as data, one file per event; `karama.simulation.forecast.assumed` reads them."""
