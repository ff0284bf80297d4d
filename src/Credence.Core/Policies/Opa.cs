using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Policies;

/// <summary>What OPA said.</summary>
/// <param name="Answered">Whether it said anything that can be used; what to do when not is the operator's choice.</param>
/// <param name="Effect">Its decision; null when it made none.</param>
public readonly record struct OpaAnswer(bool Answered, PolicyEffect? Effect);

/// <summary>
/// An Open Policy Agent over its REST interface (contract grantex-core 10). The address is the operator's own, so it may be a private one; what comes back is
/// bounded in time and size all the same. Connections are kept.
/// </summary>
public sealed class Opa(PolicyOptions options, Metrics metrics, ILogger<Opa> log) : IDisposable
{
    private const string Decision = "/v1/data/grantex/authz";
    private const int LargestAnswer = 64 * 1024;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false }; // two answers are none

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = options.OpaTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2), // so that a new address behind the name is found
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // the whole question has its own
        MaxResponseContentBufferSize = LargestAnswer,
    };

    /// <summary>Asks for a decision. Takes no longer than the timeout and fails only by its answer, whatever OPA does.</summary>
    public async Task<OpaAnswer> AskAsync(PolicyQuestion asked, CancellationToken ct)
    {
        var answer = await ExchangeAsync(Write(asked), ct);
        metrics.PolicyEngineAsked(answer.Succeeded ? Metrics.Success : answer.Failure.Code);
        if (answer.Succeeded) return answer.Value;
        Log.PolicyEngineFailed(log, "opa", answer.Failure.Detail, options.FallBackToBuiltin ? "the builtin rules decide" : "denied");
        return default;
    }

    /// <summary>Asks about nobody, to see whether it is there and answers as it should. That it then decides nothing is an answer too.</summary>
    public Task<Result<OpaAnswer>> TryAsync(CancellationToken ct) => ExchangeAsync("""{"input":{}}"""u8.ToArray(), ct);

    private async Task<Result<OpaAnswer>> ExchangeAsync(ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(options.OpaTimeout);
        try
        {
            using var response = await SendAsync(question, patience.Token);
            if (!response.IsSuccessStatusCode) return Failed("status", $"it answered {(int)response.StatusCode}");

            using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(patience.Token), Strict);
            return Read(answer.RootElement) is { Answered: true } read ? read : Failed("malformed", "its answer has no boolean at result.allow");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Failed("timeout", $"no answer within {options.OpaTimeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return Failed("malformed", "its answer is larger than 64 KiB");
        }
        catch (HttpRequestException error)
        {
            return Failed("unreachable", error.Message);
        }
        catch (JsonException)
        {
            return Failed("malformed", "its answer is not JSON");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>A restart may have closed a kept connection at the other end: the question changes nothing there, so it is asked once more.</summary>
    private async Task<HttpResponseMessage> SendAsync(ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        try
        {
            return await PostAsync();
        }
        catch (HttpRequestException cut) when (cut.HttpRequestError == HttpRequestError.ResponseEnded || cut.InnerException is IOException)
        {
            return await PostAsync();
        }

        Task<HttpResponseMessage> PostAsync()
        {
            var body = new ReadOnlyMemoryContent(question);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            return _http.PostAsync(options.OpaUrl + Decision, body, ct);
        }
    }

    /// <summary>Without <c>result</c> (the policy is not there) or without <c>allow</c> in it (no rule applied) OPA has decided nothing.</summary>
    private static OpaAnswer Read(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object) return default;
        if (!answer.TryGetProperty("result", out var result)) return new OpaAnswer(true, null);
        if (result.ValueKind != JsonValueKind.Object) return default;
        if (!result.TryGetProperty("allow", out var allow)) return new OpaAnswer(true, null);
        return allow.ValueKind switch
        {
            JsonValueKind.True => new OpaAnswer(true, PolicyEffect.Allow),
            JsonValueKind.False => new OpaAnswer(true, PolicyEffect.Deny),
            _ => default,
        };
    }

    private static ReadOnlyMemory<byte> Write(PolicyQuestion asked)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("input");
        json.WriteString("agent_id", asked.Agent);
        json.WriteString("principal_id", asked.Principal);
        json.WriteTexts("scopes", asked.Scopes);
        json.WriteString("developer_id", asked.Organization.ToString());
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static Failure Failed(string status, string why) => new(FailureKind.Unavailable, status, why);
}
