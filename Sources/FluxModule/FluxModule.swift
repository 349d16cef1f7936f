// FluxModule
