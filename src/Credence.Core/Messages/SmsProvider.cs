using System.Text.Json;
using System.Text.RegularExpressions;
using Credence.Configurations;

namespace Credence.Messages;

/// <summary>How a provider of short messages is asked to send one: an HTTP request with places to fill in, and what its answer must say.</summary>
/// <param name="Url">Where to; places may be in its query.</param>
/// <param name="Method"><c>POST</c>, <c>PUT</c> or <c>GET</c>.</param>
/// <param name="ContentType">What the body is: decides how values are written in it.</param>
/// <param name="Headers">Further headers, with places.</param>
/// <param name="Body">The body, with places; null for none.</param>
/// <param name="Success">What tells a success beside a 2xx; null when that is all.</param>
/// <param name="IdField">Where in the answer the provider's own id of the message is, as a path; null when nobody wants it.</param>
internal sealed partial record SmsProvider(
    string Url, string Method, string ContentType, IReadOnlyDictionary<string, string> Headers, string? Body, SmsSuccess? Success, string? IdField)
{
    public const string Json = "application/json";
    public const string Form = "application/x-www-form-urlencoded";
    public const string Xml = "text/xml";

    /// <summary>What may be filled in: the number in E.164, the same without its plus, the text, this server's id of the message, and the credential.</summary>
    private static readonly string[] Places = ["to", "toDigits", "text", "id", "credential"];

    private static readonly string[] OwnHeaders = ["host", "content-type", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer"];

    /// <summary>Reads a provider.</summary>
    public static (SmsProvider? Provider, ValueProblem? Problem) Read(JsonElement value)
    {
        var reader = new ValueReader(value);
        var url = reader.Line("url", 2000);
        if (url is not null && TemplateText.Problem(url, Places) is { } wrongUrl) reader.Wrong<string>("url", wrongUrl);
        if (url?.Split('?')[0].Contains("{{", StringComparison.Ordinal) == true) reader.Wrong<string>("url", "may have places in its query alone");
        var method = reader.OneOf("method", ["POST", "PUT", "GET"], isRequired: false) ?? "POST";
        var type = reader.OneOf("contentType", [Json, Form, Xml], isRequired: false) ?? Json;
        var body = reader.Text("body", 20_000, isRequired: method != "GET");
        if (body is not null && BodyProblem(body, type) is { } wrongBody) reader.Wrong<string>("body", wrongBody);
        if (body is not null && method == "GET") reader.Wrong<string>("body", "is not sent with GET");
        var headers = ReadHeaders(reader);
        var success = ReadSuccess(reader);
        var id = ReadPath(reader, "idField", isRequired: false);
        return reader.End() is { } problem ? (null, problem) : (new SmsProvider(url!, method, type, headers, body, success, id), null);
    }

    private static string? BodyProblem(string body, string type)
    {
        if (TemplateText.Problem(body, Places) is { } problem) return problem;
        if (type != Json) return null;
        try
        {
            using var filled = JsonDocument.Parse(TemplateText.Fill(body, Places.ToDictionary(place => place, _ => "1"), value => value));
            return null;
        }
        catch (JsonException)
        {
            return "must be JSON once its places are filled in";
        }
    }

    private static Dictionary<string, string> ReadHeaders(ValueReader reader)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (reader.Find("headers", isRequired: false) is not { } member) return headers;
        if (member.ValueKind != JsonValueKind.Object)
        {
            reader.Wrong<string>("headers", "must be an object of texts");
            return headers;
        }

        foreach (var header in member.EnumerateObject())
        {
            var text = header.Value.ValueKind == JsonValueKind.String ? header.Value.GetString()! : null;
            var taken = text is { Length: <= 2000 } && !text.Any(char.IsControl) && TemplateText.Problem(text, Places) is null && HeaderName().IsMatch(header.Name)
                && !OwnHeaders.Contains(header.Name, StringComparer.OrdinalIgnoreCase) && headers.TryAdd(header.Name, text) && headers.Count <= 20;
            if (!taken) reader.Wrong<string>("headers", "must be up to 20 headers of one line each, other than those the request has anyhow");
        }

        return headers;
    }

    private static SmsSuccess? ReadSuccess(ValueReader reader)
    {
        if (reader.Find("success", isRequired: false) is not { } member) return null;
        var inner = new ValueReader(member, "value.success");
        var field = ReadPath(inner, "field", isRequired: true);
        var values = inner.Find("values") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(SmsSuccess.Text).ToList() : null;
        if (values is null or { Count: 0 } || values.Contains(null)) inner.Wrong<string>("values", "must be a list of texts, numbers or booleans");
        reader.Add(inner.End());
        return field is null || values is null ? null : new SmsSuccess(field, [.. values.OfType<string>()]);
    }

    private static string? ReadPath(ValueReader reader, string name, bool isRequired)
    {
        if (reader.Line(name, 200, isRequired) is not { } path) return null;
        return FieldPath().IsMatch(path) ? path : reader.Wrong<string>(name, "must be names of members with dots between them");
    }

    [GeneratedRegex("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex HeaderName();

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,5}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex FieldPath();
}

/// <summary>What an answer in JSON must say to be a success.</summary>
/// <param name="Field">Which member: <c>data.code</c>.</param>
/// <param name="Values">What it may be.</param>
internal sealed record SmsSuccess(string Field, IReadOnlyList<string> Values)
{
    /// <summary>A plain value as text; null for anything else.</summary>
    public static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    /// <summary>The plain value at a path of an answer; null when there is none, or the answer is no JSON.</summary>
    public static string? At(byte[] answer, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            var at = json.RootElement;
            foreach (var name in path.Split('.'))
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
            }

            return Text(at);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
