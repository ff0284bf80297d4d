using System.CommandLine;
using System.Text.Json;
using Credence.Server.Hosting.Settings;
using Credence.SignIn;
using Credence.Tokens;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence token deny</c>: a single token that should not be out there (contract forward-auth C.6).</summary>
internal static class TokenCommand
{
    /// <summary>The command and its verb.</summary>
    public static Command Command(SettingValues settings) => new("token", "Ends single tokens.") { Deny(settings) };

    private static Command Deny(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var id = new Argument<Guid>("jti") { Description = "The jti that the token says." };
        var command = new Command("deny", "Ends one token of the forward-auth door, within a second on every node. To end all that somebody has, end their sessions.") { id, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var token = new Id<ForwardToken>(parsed.GetValue(id));
            await services.GetRequiredService<DenyForwardToken>().RunAsync(Tool.Actor, token, ct);
            return Tool.Show<Guid>(token.Value, denied => parsed.GetValue(json)
                ? JsonSerializer.Serialize(new TokenDenied(denied), ToolJson.Default.TokenDenied)
                : $"{denied} is denied");
        }));
        return command;
    }
}

/// <summary>The token that counts no more, as the command shows it.</summary>
internal sealed record TokenDenied(Guid Jti);
