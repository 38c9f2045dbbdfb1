"""Engine families: what each designs, tried on its engine."""
