using System.Text.Json;
using Credence.Agents;
using Credence.Server.Doors;

namespace Credence.Server.Agents;

/// <summary>One call of this door, as its pipeline found it; a handler takes it as a parameter.</summary>
internal sealed class AgentsCall(HttpContext http) : IDisposable
{
    private JsonDocument? _document;
    private AgentCaller? _caller;
    private QueryFields? _query;

    /// <summary>The request and the answer.</summary>
    public HttpContext Http => http;

    /// <summary>Whose access token this is.</summary>
    /// <exception cref="InvalidOperationException">The route needs no token, so nobody is known.</exception>
    public AgentCaller Caller
    {
        get => _caller ?? throw new InvalidOperationException("a route without a token has no caller");
        set => _caller = value;
    }

    /// <summary>Whether an access token was shown.</summary>
    public bool HasCaller => _caller is not null;

    /// <summary>The members of the body, once <see cref="ReadAsync"/> has read it.</summary>
    public Fields Body { get; private set; } = new(default);

    /// <summary>The query parameters.</summary>
    public QueryFields Query => _query ??= new QueryFields(http.Request.Query);

    /// <summary>Called by the framework to give a handler its call.</summary>
    public static ValueTask<AgentsCall?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<AgentsCall>());

    /// <summary>Reads the JSON body. The contract looks at it last (B.3): call it once it is known that the caller may know of what the path names.</summary>
    /// <returns>Why it cannot be taken; null when it can, or there is none.</returns>
    public async Task<AgentsRefusal?> ReadAsync(CancellationToken ct)
    {
        var read = await JsonBody.ReadAsync(http.Request, null, ct);
        if (read.Problem is { } problem) return new AgentsRefusal(problem.Status, AgentsErrors.Validation, problem.Message);
        _document = read.Document;
        if (_document is not null) Body = new Fields(_document.RootElement);
        return null;
    }

    /// <summary>What is wrong with the members and parameters that were read so far; null when nothing is.</summary>
    public AgentsRefusal? Invalid()
    {
        List<FieldProblem> problems = [.. Query.Problems, .. Body.Problems];
        return problems.Count == 0 ? null : AgentsRefusal.Invalid(problems);
    }

    /// <summary>An id in the path. A text that is none is noted as wrong: a malformed id is 400, an unknown one 404 (contract agent-idp B.3).</summary>
    public Id<T> Id<T>(string name, string text)
        where T : IIdentified
    {
        if (AgentsIds.Read<T>(text) is { } id) return id;
        Query.Refuse(name, "must be a UUID");
        return default;
    }

    /// <summary>An id in the body, which must be there.</summary>
    public Id<T> BodyId<T>(string name)
        where T : IIdentified
    {
        if (AgentsIds.Read<T>(Body.Text(name, 64)) is { } id) return id;
        Body.Refuse(name, "must be a UUID");
        return default;
    }

    /// <summary>Which page of a list is asked for: <c>page</c> from 1, <c>limit</c> 1 to <paramref name="most"/>.</summary>
    public Page Page(int usual = 20, int most = 100) => new(Query.NumberOrNull("page", 1, 1_000_000) ?? 1, Query.NumberOrNull("limit", 1, most) ?? usual);

    /// <inheritdoc/>
    public void Dispose() => _document?.Dispose();
}

/// <summary>A page of a list.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Limit">How many items it has at most.</param>
internal sealed record Page(int Number, int Limit)
{
    /// <summary>How many items lie before it.</summary>
    public long Skip => (Number - 1L) * Limit;
}
