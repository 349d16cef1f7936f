-- So many small pictures at the same time.
for seed = 1, tonumber(arg[1]) do
  flux.generate { prompt = "bench", seed = seed, width = 256, height = 256 }
end
