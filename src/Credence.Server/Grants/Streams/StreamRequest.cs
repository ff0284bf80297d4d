using Credence.Events;

namespace Credence.Server.Grants.Streams;

/// <summary>What a caller of a stream asks for.</summary>
/// <param name="Types">The types it wants; null for all.</param>
/// <param name="After">The last event it has seen; null to begin with what happens now.</param>
/// <param name="Resumable">Whether it has shown that it reads <c>id:</c> lines (decision 0018).</param>
internal sealed record StreamRequest(IReadOnlySet<string>? Types, Id<Event>? After, bool Resumable)
{
    /// <summary>How many types a filter may name, and how long each may be.</summary>
    private const int MostTypes = 100;

    private const int LongestType = 100;

    /// <summary>Reads <c>types</c>, <c>lastEventId</c> and the header <c>Last-Event-ID</c>, which wins because a client that reconnects by itself can change nothing else.</summary>
    public static Result<StreamRequest> Read(GrantsCall call)
    {
        var types = call.Query.TextOrNull("types", MostTypes * LongestType);
        var given = call.Query.TextOrNull("lastEventId", 64);
        if (call.Query.Problem is { } problem) return problem;

        var header = call.Http.Request.Headers["Last-Event-ID"].ToString();
        var id = header.Length > 0 ? header : given;
        var isId = Id<Event>.TryParse(id, out var after);
        if (!isId && !string.IsNullOrEmpty(id)) return Failure.Invalid("the last event's id is not one that this server gave");

        var chosen = Filter(types?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? []);
        if (!chosen.Succeeded) return chosen.Failure;
        return new StreamRequest(chosen.Value.Types, isId ? after : null, Resumable: id is not null);
    }

    /// <summary>Opens what is asked for.</summary>
    public async Task<Result<EventReader>> OpenAsync(EventFeed feed, GrantsCall call, CancellationToken ct)
    {
        var opened = await feed.OpenAsync(call.Caller.Organization.ToString(), After, ct);
        if (opened.Succeeded) opened.Value.Types = Types;
        return opened;
    }

    /// <summary>The filter that a list of types makes. An empty one wants every type; a name that nothing has matches nothing.</summary>
    public static Result<TypeFilter> Filter(IReadOnlyCollection<string> types)
    {
        if (types.Count > MostTypes || types.Any(type => type.Length > LongestType))
            return Failure.Invalid($"types must be at most {MostTypes} names of at most {LongestType} characters");
        return new TypeFilter(types.Count == 0 ? null : types.ToHashSet(StringComparer.Ordinal));
    }
}

/// <summary>The types that a stream gives out; null for all.</summary>
internal readonly record struct TypeFilter(IReadOnlySet<string>? Types);
