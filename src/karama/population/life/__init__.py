"""Life events from one month to the next: for each a file of rates, with their meaning and source."""
