using System.Text.Json.Serialization;
using Credence.Organizations;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/keys</c>: the organization's API keys. The protocol knows one key and its rotation; several are ours.</summary>
internal static class KeysApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/keys", RouteFacts.Read, List);
        routes.MapPost("/v1/keys", Create);
        routes.MapPost("/v1/keys/rotate", Rotate).LimitAddress(5);
        routes.MapDelete("/v1/keys/{id}", Revoke);
    }

    private static async Task<IResult> List(GrantsCall call, Db db, TimeProvider clock, CancellationToken ct)
    {
        var keys = await ApiKeyStore.ListAsync(db, call.Caller.Organization, clock.Now(), ct);
        return Answers.Ok(new KeyList(keys.ConvertAll(key => KeyShape.Of(key, call.Caller))), GrantsJson.Wire.KeyList);
    }

    private static async Task<IResult> Create(GrantsCall call, CreateApiKey create, CancellationToken ct)
    {
        var input = new CreateApiKey.Input(
            call.Body.TextOrNull("label", 200, min: 0) ?? "",
            call.Body.FlagOrNull("readOnly") ?? false,
            call.Body.DurationOrNull("expiresIn"));
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await create.RunAsync(call.Caller, input, ct)).Created(NewKey.Of, GrantsJson.Wire.NewKey);
    }

    private static async Task<IResult> Rotate(GrantsCall call, RotateApiKey rotate, CancellationToken ct)
    {
        var overlap = call.Body.DurationOrNull("overlap") ?? TimeSpan.Zero;
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await rotate.RunAsync(call.Caller, overlap, ct)).Ok(
            key => new RotatedKey(key.Plaintext, key.Key.CreatedAt.Iso(), key.Key.Id.ToString()), GrantsJson.Wire.RotatedKey);
    }

    private static async Task<IResult> Revoke(string id, GrantsCall call, RevokeApiKey revoke, CancellationToken ct) =>
        (await revoke.RunAsync(call.Caller, Ids.Read<ApiKey>(id), ct)).Done();

    /// <summary>Every key that works.</summary>
    internal sealed record KeyList(List<KeyShape> Keys);

    /// <summary>A key without its secret.</summary>
    internal sealed record KeyShape(
        string KeyId,
        string Label,
        bool ReadOnly,
        string CreatedAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? ExpiresAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? LastUsedAt,
        bool Current)
    {
        public static KeyShape Of(ApiKey key, ApiCaller caller) => new(
            key.Id.ToString(), key.Label, key.ReadOnly, key.CreatedAt.Iso(), key.ExpiresAt?.Iso(), key.LastUsedAt?.Iso(), key.Id == caller.Key);
    }

    /// <summary>A new key, with its secret for the only time.</summary>
    internal sealed record NewKey(
        string KeyId,
        string ApiKey,
        string Label,
        bool ReadOnly,
        string CreatedAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? ExpiresAt)
    {
        public static NewKey Of(IssuedApiKey key) => new(
            key.Key.Id.ToString(), key.Plaintext, key.Key.Label, key.Key.ReadOnly, key.Key.CreatedAt.Iso(), key.Key.ExpiresAt?.Iso());
    }

    /// <summary>The key that took the place of the caller's.</summary>
    internal sealed record RotatedKey(string ApiKey, string RotatedAt, string KeyId);
}
