using System.Text.Json;
using Credence.Configurations;
using Credence.Messages;
using Credence.Organizations;
using Credence.People;

namespace Credence.Server.People;

/// <summary><c>/configurations</c>: mail, short messages and one-time codes, set while the server runs (contract identity ID-49 to ID-51).</summary>
internal static class ConfigurationsApi
{
    private const string Path = PeopleDoor.Base + "/configurations";
    private const int LongestName = 64;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, RouteFacts.Read, List).NeedsPermission("Configuration", "read");
        routes.MapPut(Path + "/{group}/{code}", Change).NeedsPermission("Configuration", "update");
        routes.MapPost(Path + "/{group}/{code}/test", Try).NeedsPermission("Configuration", "update");
    }

    private static async Task<IResult> List(PeopleCall call, ListConfigurations list, CancellationToken ct)
    {
        var group = call.Query.TextOrNull("group", LongestName);
        var (limit, offset) = call.Page();
        if (call.Invalid() is { } invalid) return invalid;
        var all = await list.RunAsync(group, ct);
        return PeopleAnswers.Listed([.. all.Skip(offset).Take(limit)], all.Count, ConfigurationShape.Of, PeopleJson.Wire.PageConfigurationShape);
    }

    private static async Task<IResult> Change(string group, string code, PeopleCall call, ChangeConfiguration change, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var value = call.Body.Any("value");
        var credential = call.Body.IsNull("credential") ? null : call.Body.TextOrNull("credential", 4096, min: 0);
        if (call.Invalid() is { } invalid) return invalid;
        var changed = await change.RunAsync(new ChangeConfiguration.Input(group, code, value, credential), call.Caller.Act("configuration.changed", $"{group}/{code}"), ct);
        return changed.Ok(ConfigurationShape.Of, PeopleJson.Wire.ConfigurationShape);
    }

    /// <summary>What a provider says is told with 502, whether it may go better later or not (contract identity ID-51).</summary>
    private static async Task<IResult> Try(string group, string code, PeopleCall call, TryConfiguration attempt, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var typed = call.Body.Text("to", 320);
        var to = group == "SMS" ? Normalized.PhoneNumber(typed) : EmailAddress.Normalize(typed);
        if (to is null && call.Body.Problems.Count == 0) call.Body.Refuse("to", group == "SMS" ? CodeReading.NoPhone : CodeReading.NoEmail);
        if (call.Invalid() is { } invalid) return invalid;
        var sent = await attempt.RunAsync(group, code, to!, ct);
        if (sent.Failure is { Kind: FailureKind.Unavailable } away && away != MessageFailures.NoMail && away != MessageFailures.NoSms)
        {
            return away.Answer() with { Status = StatusCodes.Status502BadGateway, RetryAfter = null };
        }

        return sent.Ok(id => new Tried(true, id), PeopleJson.Wire.Tried);
    }

    /// <summary>Something that was set, or holds because nothing was. A credential is never shown.</summary>
    internal sealed record ConfigurationShape(string Group, string Code, string? OwnerId, JsonElement? Value, bool CredentialSet)
    {
        public static ConfigurationShape Of(ShownConfiguration shown) => new(shown.Group, shown.Code, shown.Owner, Json(shown.Value), shown.HasCredential);

        public static ConfigurationShape Of(Configuration changed) => new(changed.Group, changed.Code, changed.Owner, Json(changed.Value), changed.SealedCredential is not null);

        /// <summary>Null for what an operator broke by hand.</summary>
        private static JsonElement? Json(string text)
        {
            try
            {
                return JsonElement.Parse(text);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>A message went out.</summary>
    internal sealed record Tried(bool Sent, string ProviderMessageId);
}
