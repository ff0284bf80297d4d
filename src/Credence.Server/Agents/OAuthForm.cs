using System.Text;
using System.Text.Unicode;
using Credence.Server.Doors;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Credence.Server.Agents;

/// <summary>The form of an OAuth endpoint: each parameter once (RFC 6749 3.2); empty ones count as absent.</summary>
internal sealed class OAuthForm
{
    private readonly Dictionary<string, StringValues> _parameters;

    private OAuthForm(Dictionary<string, StringValues> parameters) => _parameters = parameters;

    /// <summary>A parameter, or null.</summary>
    public string? this[string name] => _parameters.TryGetValue(name, out var values) && values[0] is { Length: > 0 } text ? text : null;

    /// <summary>Reads the body.</summary>
    /// <returns>The form, or why it cannot be taken.</returns>
    public static async Task<(OAuthForm Form, OAuthRefusal? Refused)> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (await JsonBody.BytesAsync(request, ct) is not { } bytes) return Bad("The body is larger than 1 MiB", StatusCodes.Status413PayloadTooLarge);
        var isForm = MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
        if (!isForm) return Bad("Send the parameters as application/x-www-form-urlencoded");
        if (!Utf8.IsValid(bytes)) return Bad("The body is not UTF-8");

        var parameters = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(bytes));
        if (parameters.FirstOrDefault(each => each.Value.Count > 1).Key is not null) return Bad("A parameter is there twice");
        if (parameters.Any(each => each.Value[0] is { } text && TextRules.Problem(text, 0, JsonBody.Largest) is not null)) return Bad("A parameter is no text");
        return (new OAuthForm(parameters), null);
    }

    private static (OAuthForm Form, OAuthRefusal? Refused) Bad(string why, int status = StatusCodes.Status400BadRequest) =>
        (new OAuthForm([]), OAuthErrors.InvalidRequest(why, status));
}
