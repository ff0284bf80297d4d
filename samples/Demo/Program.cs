using Credence.Samples.Demo;

// Walks through the main job against a running server, with nothing but HTTP: a person lends an agent authority, a service trusts it,
// the person takes it back, and what happened can be proved.
if (args is not [var address] || !Uri.TryCreate(address, UriKind.Absolute, out var server))
{
    Console.Error.WriteLine("usage: CREDENCE_API_KEY=gx_live_… dotnet run --project samples/Demo -- http://localhost:3001");
    return 2;
}

if (Environment.GetEnvironmentVariable("CREDENCE_API_KEY") is not { Length: > 0 } key)
{
    Console.Error.WriteLine("CREDENCE_API_KEY is not set. ./run prints one; ./run demo passes it.");
    return 2;
}

try
{
    using var api = new Api(server, key);
    await new Walk(api, server).RunAsync();
    Console.WriteLine("\nAll of it went as expected.");
    return 0;
}
catch (UnexpectedException unexpected)
{
    Console.Error.WriteLine($"\nThe demo stopped. Expected: {unexpected.Message}");
    return 1;
}
catch (HttpRequestException error)
{
    Console.Error.WriteLine($"\nThe demo stopped. Expected a server at {server}: {error.Message}");
    return 1;
}
catch (Exception error) when (error is TaskCanceledException or TimeoutException)
{
    Console.Error.WriteLine("\nThe demo stopped. Expected an answer within 30 seconds.");
    return 1;
}
catch (Exception error)
{
    Console.Error.WriteLine($"\nThe demo stopped. Expected an answer in the documented shape: {error.Message}");
    return 1;
}
