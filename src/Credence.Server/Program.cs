using Credence.Server.Hosting.Commands;

return await CommandLine.RunAsync(args);
