// FluxSimulator
