using System.CommandLine;
using System.Text.Json;
using Credence.Organizations;
using Credence.Server.Doors;
using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence key list|create|revoke</c>: an organization's API keys. (<c>credence keys</c> are this server's signing keys.)</summary>
internal static class KeyCommand
{
    /// <summary>The command and its verbs.</summary>
    public static Command Command(SettingValues settings) =>
        new("key", "Shows and changes an organization's API keys.") { List(settings), Create(settings), Revoke(settings) };

    private static Command List(SettingValues settings)
    {
        var (json, org) = (ToolOptions.Json(), ToolOptions.Organization());
        var command = new Command("list", "Shows every key that works, and no secret.") { org, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var found = await ToolOptions.FindAsync(services, parsed.GetValue(org)!, ct);
            if (!found.Succeeded) return Tool.Refuse(found.Failure);
            var now = services.GetRequiredService<TimeProvider>().Now();
            var keys = await ApiKeyStore.ListAsync(services.GetRequiredService<Db>(), found.Value.Id, now, ct);
            return Tool.Show<List<ApiKeyShown>>(keys.ConvertAll(ApiKeyShown.Of), shown => parsed.GetValue(json)
                ? JsonSerializer.Serialize(shown, ToolJson.Default.ListApiKeyShown)
                : string.Join(Environment.NewLine, shown));
        }));
        return command;
    }

    private static Command Create(SettingValues settings)
    {
        var (json, org) = (ToolOptions.Json(), ToolOptions.Organization());
        var label = new Option<string>("--label") { Description = "What to call it.", DefaultValueFactory = _ => "" };
        var readOnly = new Option<bool>("--read-only") { Description = "It may only read and verify." };
        var life = new Option<string?>("--expires-in") { Description = "How long it works: 12h, 90d. Without: until it is revoked." };
        var command = new Command("create", "Makes a key, and shows it for the only time.") { org, label, readOnly, life, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var found = await ToolOptions.FindAsync(services, parsed.GetValue(org)!, ct);
            if (!found.Succeeded) return Tool.Refuse(found.Failure);
            var expires = parsed.GetValue(life) is { } text ? Durations.Parse(text) : null;
            if (expires is null && parsed.GetValue(life) is not null) return Tool.Refuse(Failure.Invalid("--expires-in must be a number followed by s, m, h or d"));
            if (parsed.GetValue(label)!.Length > 200) return Tool.Refuse(Failure.Invalid("--label must have at most 200 characters"));

            var input = new CreateApiKey.Input(parsed.GetValue(label)!, parsed.GetValue(readOnly), expires);
            var made = await services.GetRequiredService<CreateApiKey>().RunAsync(found.Value.Id, found.Value.Mode, Tool.Actor, input, ct);
            return Tool.Show(made, key =>
            {
                var shown = ApiKeyShown.Of(key.Key) with { ApiKey = key.Plaintext };
                return parsed.GetValue(json) ? JsonSerializer.Serialize(shown, ToolJson.Default.ApiKeyShown) : shown.ToString();
            });
        }));
        return command;
    }

    private static Command Revoke(SettingValues settings)
    {
        var (json, org) = (ToolOptions.Json(), ToolOptions.Organization());
        var key = new Argument<string>("key") { Description = "The key's id, key_…, as `credence key list` shows it." };
        var command = new Command("revoke", "Ends a key, within a second on every node.") { org, key, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var found = await ToolOptions.FindAsync(services, parsed.GetValue(org)!, ct);
            if (!found.Succeeded) return Tool.Refuse(found.Failure);
            var id = Ids.Read<ApiKey>(parsed.GetValue(key)!);
            var revoked = await services.GetRequiredService<RevokeApiKey>().RunAsync(found.Value.Id, id, Tool.Actor, ct);
            return Tool.Show(revoked, isRevoked => parsed.GetValue(json)
                ? JsonSerializer.Serialize(new ApiKeyRevoked(id.ToString(), found.Value.Id.ToString(), isRevoked), ToolJson.Default.ApiKeyRevoked)
                : $"{parsed.GetValue(key)} is revoked");
        }));
        return command;
    }
}

/// <summary>That an API key has ended, as the command shows it.</summary>
internal sealed record ApiKeyRevoked(string Id, string Organization, bool Revoked);
