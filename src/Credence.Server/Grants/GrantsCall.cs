using System.Text.Json;
using Credence.Organizations;
using Credence.Principals;
using Credence.Scim;
using Credence.Server.Doors;
using Credence.Telemetry;

namespace Credence.Server.Grants;

/// <summary>One call of this door, as its pipeline found it; a handler takes it as a parameter.</summary>
internal sealed class GrantsCall(HttpContext http) : IDisposable
{
    private JsonDocument? _document;
    private ApiCaller? _caller;
    private PrincipalSession? _session;
    private ScimCaller? _directory;
    private QueryFields? _query;

    /// <summary>The request and the answer.</summary>
    public HttpContext Http => http;

    /// <summary>Whose API key this is.</summary>
    /// <exception cref="InvalidOperationException">The route needs no key, so nobody is known.</exception>
    public ApiCaller Caller
    {
        get => _caller ?? throw new InvalidOperationException("a route without a key has no caller");
        set => _caller = value;
    }

    /// <summary>Whose session this is.</summary>
    /// <exception cref="InvalidOperationException">The route needs no session, so none was looked for.</exception>
    public PrincipalSession Session
    {
        get => _session ?? throw new InvalidOperationException("a route without a session has no person");
        set => _session = value;
    }

    /// <summary>Whose SCIM token this is.</summary>
    /// <exception cref="InvalidOperationException">The route needs no such token, so none was looked for.</exception>
    public ScimCaller Directory
    {
        get => _directory ?? throw new InvalidOperationException("a route without a SCIM token has no directory");
        set => _directory = value;
    }

    /// <summary>The body as it was parsed; undefined when there was none.</summary>
    public JsonElement Json => _document?.RootElement ?? default;

    /// <summary>The members of the body.</summary>
    public Fields Body { get; private set; } = new(default);

    /// <summary>The body as it was sent, for what is signed over it; empty when there was none.</summary>
    public ReadOnlyMemory<byte> RawBody { get; private set; }

    /// <summary>The query parameters.</summary>
    public QueryFields Query => _query ??= new QueryFields(http.Request.Query);

    /// <summary>How it ended: <c>success</c>, or the refusal's code in lower case.</summary>
    public string Outcome { get; set; } = Metrics.Success;

    /// <summary>The agent it was about, when a handler came to know one that is real.</summary>
    public string? AgentId { get; set; }

    /// <summary>Called by the framework to give a handler its call.</summary>
    public static ValueTask<GrantsCall?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<GrantsCall>());

    /// <summary>Takes the body and what was read in it, and keeps both until the call ends.</summary>
    public void Take(ReadOnlyMemory<byte> raw, JsonDocument document)
    {
        RawBody = raw;
        _document = document;
        Body = new Fields(document.RootElement);
    }

    /// <inheritdoc/>
    public void Dispose() => _document?.Dispose();
}
