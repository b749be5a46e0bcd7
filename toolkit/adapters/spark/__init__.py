"""Methods that Spark trains, for ratings that already live there; Spark is imported when one of them is fitted."""
