using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Credence.Webhooks;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence webhooks listen</c>: a receiver on a developer's machine that verifies each delivery and prints it.</summary>
internal static class WebhooksCommand
{
    /// <summary>The command and its verb.</summary>
    public static Command Command() => new("webhooks", "Helps to receive webhooks.") { Listen() };

    private static Command Listen()
    {
        var json = new Option<bool>("--json") { Description = "Each delivery as a line of JSON." };
        var port = new Option<int>("--port") { Description = "The loopback port to listen on.", Required = true, CustomParser = ReadPort };
        var secret = new Option<WebhookSecret>("--secret")
        {
            Description = "The webhook's secret, as it was shown or as whsec_….",
            Required = true,
            CustomParser = ReadSecret,
        };
        var forward = new Option<Uri>("--forward")
        {
            Description = "An http or https address that gets each delivery as it came; its status is the answer.",
            CustomParser = ReadAddress,
        };
        var command = new Command("listen", "Prints every delivery with what its signatures are worth; answers 200, or 401 when they are worth nothing.") { port, secret, forward, json };
        command.SetAction((parsed, ct) => WebhookListener.RunAsync(
            parsed.GetValue(port), parsed.GetRequiredValue(secret), parsed.GetValue(forward), parsed.GetValue(json), Console.Out, ct));
        return command;
    }

    private static int ReadPort(ArgumentResult given)
    {
        if (int.TryParse(given.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535) return port;
        given.AddError("--port must be 1 to 65535");
        return 0;
    }

    private static WebhookSecret ReadSecret(ArgumentResult given)
    {
        var secret = new WebhookSecret(given.Tokens[0].Value);
        if (secret.Problem() is { } problem) given.AddError($"--secret {problem}");
        return secret;
    }

    private static Uri? ReadAddress(ArgumentResult given)
    {
        if (Uri.TryCreate(given.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        given.AddError("--forward must be an http or https address");
        return null;
    }
}
