// FluxImaging
