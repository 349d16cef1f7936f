print("fluxlua")
