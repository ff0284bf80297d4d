using Credence.Keys;
using Credence.SignIn;

namespace Credence.Server.People;

/// <summary><c>/keys</c>: an operator's programs see, rotate and retire the keys that sign people's tokens (contract identity ID-7 to ID-9).</summary>
internal static class SigningKeysApi
{
    private const string Path = PeopleDoor.Base + "/keys";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, RouteFacts.Read, List).NeedsBasic();
        routes.MapPost(Path + "/rotate", Rotate).NeedsBasic();
        routes.MapPost(Path + "/{kid}/retire", Retire).NeedsBasic();
    }

    private static async Task<IResult> List(ListKeys keys, KeyRing ring, CancellationToken ct)
    {
        var own = (await keys.RunAsync(ct)).Where(key => key.Algorithm == Kind(ring)).Select(KeyShape.Of).ToList();
        return PeopleAnswers.Ok<IReadOnlyList<KeyShape>>(own, PeopleJson.Wire.IReadOnlyListKeyShape);
    }

    /// <summary>A key is published for as long as the setting says; a caller can ask whether that is long enough, or have it sign at once.</summary>
    private static async Task<IResult> Rotate(PeopleCall call, RotateKeys rotate, KeyRing ring, KeyOptions options, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var atLeast = call.Body.NumberOrNull("prepublishSeconds", 0, (int)options.PublishAhead.TotalSeconds);
        if (call.Invalid() is { } invalid) return invalid;
        var rotated = await rotate.RequestAsync(Kind(ring), now: atLeast == 0, ct);
        return rotated.Succeeded
            ? PeopleAnswers.Accepted(RotatedKey.Of(rotated.Value[0], options), PeopleJson.Wire.RotatedKey)
            : rotated.Failure.Answer();
    }

    private static async Task<IResult> Retire(string kid, PeopleCall call, RetirePeopleKey retire, KeyRing ring, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var leaked = call.Body.FlagOrNull("immediate") ?? false;
        if (call.Invalid() is { } invalid) return invalid;
        return (await retire.RunAsync(kid, Kind(ring), leaked, call.Origin, ct)).Ok(KeyShape.Of, PeopleJson.Wire.KeyShape);
    }

    /// <summary>RSA keys sign where there is no P-256 key (design D3).</summary>
    private static KeyAlgorithm Kind(KeyRing ring) => ring.For(KeyAlgorithm.ES256);

    private static string StateOf(KeyStatus status) => status switch
    {
        KeyStatus.Next => "next",
        KeyStatus.Current => "active",
        KeyStatus.Retired => "retiring",
        _ => "removed",
    };

    /// <summary>A key; nothing of it is secret.</summary>
    internal sealed record KeyShape(string Kid, string Alg, string State, string Source, string CreatedAt, string? ActiveAt, string? PublishedUntil)
    {
        public static KeyShape Of(KeyInfo key) => new(
            key.Kid, key.Algorithm.ToString(), StateOf(key.Status), key.Source, key.Created.Iso(), key.Activated?.Iso(), key.PublishedUntil?.Iso());
    }

    /// <summary>The key that takes over.</summary>
    internal sealed record RotatedKey(string Kid, string State, string ActiveAt)
    {
        public static RotatedKey Of(KeyInfo key, KeyOptions options) =>
            new(key.Kid, StateOf(key.Status), (key.Activated ?? key.Created + options.PublishAhead).Iso());
    }
}
