using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Credence.Samples.Demo;

/// <summary>The server's API as a developer calls it. Every call is printed with its answer, secrets shortened.</summary>
internal sealed class Api : IDisposable
{
    private static readonly string[] Secrets = ["code", "codeVerifier", "grantToken", "refreshToken", "token", "parentGrantToken"];

    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpClient _http;

    public Api(Uri server, string key)
    {
        _http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(30) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Task<JsonObject> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, 200);

    public async Task<string> GetTextAsync(string path)
    {
        Console.WriteLine($"   GET {path}");
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        Console.WriteLine($"   → {(int)answer.StatusCode} {text.Replace("\n", "\n     ", StringComparison.Ordinal).TrimEnd()}");
        Expect.That((int)answer.StatusCode == 200, $"GET {path} to answer 200, and it answered {(int)answer.StatusCode}");
        return text;
    }

    public Task<JsonObject> PostAsync(string path, JsonObject body, int expected) => SendAsync(HttpMethod.Post, path, body, expected);

    public Task DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null, 204);

    public void Dispose() => _http.Dispose();

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, int expected)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        Console.WriteLine($"   {method} {path}{(body is null ? "" : "  " + Shorten(body))}");

        using var answer = await _http.SendAsync(request);
        var status = (int)answer.StatusCode;
        var json = Parse(await answer.Content.ReadAsStringAsync());
        Console.WriteLine($"   → {status} {(json is null ? "" : Shorten(json))}");
        Expect.That(status == expected, $"{method} {path} to answer {expected}, and it answered {status}");
        Expect.That(json is not null || expected == 204, $"{method} {path} to answer with a JSON object");
        return json ?? [];
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Shorten(JsonObject json)
    {
        var copy = json.DeepClone().AsObject();
        if (copy["message"] is not null) return copy.ToJsonString(Readable); // a refusal: its code is a word, not a secret
        foreach (var name in Secrets)
        {
            if (copy[name] is JsonValue value && value.TryGetValue<string>(out var secret)) copy[name] = secret[..Math.Min(8, secret.Length / 2)] + "…";
        }

        var text = copy.ToJsonString(Readable);
        return text.Length <= 600 ? text : text[..600] + "…";
    }
}
