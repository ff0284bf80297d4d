using System.Text.Json;
using Credence.Audit;
using Credence.People;
using Credence.Roles;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;
using Credence.Tokens;

namespace Credence.Server.People;

/// <summary>One call of this door, as its pipeline found it; a handler takes it as a parameter.</summary>
internal sealed class PeopleCall(HttpContext http) : IDisposable
{
    private readonly List<(string Path, Fields Fields)> _parts = [];
    private JsonDocument? _document;
    private PersonClaims? _claims;
    private QueryFields? _query;

    /// <summary>The request and the answer.</summary>
    public HttpContext Http => http;

    /// <summary>What the request line says of it.</summary>
    public required RequestFacts Facts { get; init; }

    /// <summary>Whence.</summary>
    public required AuditOrigin Origin { get; init; }

    /// <summary>Whose failures are counted together: the address, of IPv6 its network.</summary>
    public string Network => ClientAddress.Of(http.Connection.RemoteIpAddress);

    /// <summary>What the caller's token says.</summary>
    /// <exception cref="InvalidOperationException">The route needs no token, so nobody is known.</exception>
    public PersonClaims Claims
    {
        get => _claims ?? throw new InvalidOperationException("a route without a token has no caller");
        set => _claims = value;
    }

    /// <summary>Whether a person calls, and not a sister service.</summary>
    public bool IsPerson => _claims is not null;

    /// <summary>Who calls.</summary>
    public PersonCaller Caller => new(Claims.Person, Claims.Session, Origin) { RequestId = http.TraceIdentifier };

    /// <summary>Whether the route lets the caller in only because it is about themselves.</summary>
    public bool ActsForItself { get; set; }

    /// <summary>The domain that the caller works in, on routes that have one.</summary>
    public string Domain { get; set; } = PolicyDefinition.Everywhere;

    /// <summary>The members of the body, once <see cref="ReadAsync"/> has read it.</summary>
    public Fields Body { get; private set; } = new(default);

    /// <summary>The query parameters.</summary>
    public QueryFields Query => _query ??= new QueryFields(http.Request.Query);

    /// <summary>Called by the framework to give a handler its call.</summary>
    public static ValueTask<PeopleCall?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<PeopleCall>());

    /// <summary>Reads the JSON body.</summary>
    /// <returns>Why it cannot be taken; null when it can, or there is none.</returns>
    public async Task<PeopleRefusal?> ReadAsync(CancellationToken ct)
    {
        var read = await JsonBody.ReadAsync(http.Request, null, ct);
        if (read.Problem is { } problem) return new PeopleRefusal(problem.Status, problem.Message);
        _document = read.Document;
        if (_document is not null) Body = new Fields(_document.RootElement);
        return null;
    }

    /// <summary>The members of an object within the body, which must be there.</summary>
    public Fields Part(string name) => Part(name, Body.Json(name));

    /// <summary>The members of an object within the body, which may be absent.</summary>
    public Fields? PartOrNull(string name) => Body.Has(name) && Body.ObjectOrNull(name) is { } part ? Part(name, part) : null;

    /// <summary>The objects of a body that is an array of them; null when it is none.</summary>
    public IReadOnlyList<Fields>? ItemsOrNull(int most)
    {
        if (_document?.RootElement is not { ValueKind: JsonValueKind.Array } root) return null;
        Body = new Fields(default);
        if (root.GetArrayLength() is not (> 0 and var count) || count > most) Body.Refuse("The body", $"must have 1 to {most} items");
        if (Body.Problems.Count > 0) return [];
        var items = root.EnumerateArray().Select((item, at) => Part($"[{at}]", item)).ToList();
        for (var at = 0; at < items.Count; at++)
        {
            if (!items[at].IsObject) Body.Refuse($"[{at}]", "must be an object");
        }

        return items;
    }

    /// <summary>Which part of a list is asked for: <c>limit</c> of 1 to 100, 20 unless told, and <c>offset</c> (contract identity B.3).</summary>
    public (int Limit, int Offset) Page() => (Query.NumberOrNull("limit", 1, 100) ?? 20, Query.NumberOrNull("offset", 0, int.MaxValue) ?? 0);

    /// <summary>Everything that is wrong with what was read so far; null when nothing is (422, contract identity B.3).</summary>
    public PeopleRefusal? Invalid()
    {
        List<FieldProblem> problems = [.. Query.Problems, .. Body.Problems];
        foreach (var (path, fields) in _parts)
        {
            if (fields.IsObject) problems.AddRange(fields.Problems.Select(problem => problem with { Field = $"{path}.{problem.Field}" }));
        }

        return problems.Count == 0 ? null : PeopleRefusal.Invalid(problems);
    }

    /// <inheritdoc/>
    public void Dispose() => _document?.Dispose();

    private Fields Part(string name, JsonElement part)
    {
        var fields = new Fields(part);
        _parts.Add((name, fields));
        return fields;
    }
}
