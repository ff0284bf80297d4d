using System.CommandLine;
using Credence.Webhooks;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence webhooks listen</c>: a receiver on a developer's machine that verifies each delivery and prints it.</summary>
internal static class WebhooksCommand
{
    /// <summary>The command and its verb.</summary>
    public static Command Command() => new("webhooks", "Helps to receive webhooks.") { Listen() };

    private static Command Listen()
    {
        var port = new Option<int>("--port") { Description = "The loopback port to listen on.", Required = true };
        var secret = new Option<string>("--secret") { Description = "The webhook's secret, as it was shown or as whsec_….", Required = true };
        var forward = new Option<Uri?>("--forward") { Description = "An http or https address that gets each delivery as it came; its status is the answer." };
        port.Validators.Add(given =>
        {
            if (given.GetValue(port) is < 1 or > 65535) given.AddError("--port must be 1 to 65535");
        });
        secret.Validators.Add(given =>
        {
            if (new WebhookSecret(given.GetValue(secret)!).Problem() is { } problem) given.AddError($"--secret {problem}");
        });
        forward.Validators.Add(given =>
        {
            if (given.GetValue(forward) is not { IsAbsoluteUri: true, Scheme: "http" or "https" }) given.AddError("--forward must be an http or https address");
        });

        var command = new Command("listen", "Prints every delivery with what its signatures are worth; answers 200, or 401 when they are worth nothing.") { port, secret, forward };
        command.SetAction((parsed, ct) => WebhookListener.RunAsync(
            parsed.GetValue(port), new WebhookSecret(parsed.GetValue(secret)!), parsed.GetValue(forward), Console.Out, ct));
        return command;
    }
}
