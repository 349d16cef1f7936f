// FluxJobs
