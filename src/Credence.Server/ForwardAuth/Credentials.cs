using System.Text.Json;
using Credence.Server.Doors;

namespace Credence.Server.ForwardAuth;

/// <summary>The body of both account routes: an address and a password; whatever else is in it is ignored (contract forward-auth FA-1).</summary>
/// <param name="Email">The address, as typed.</param>
/// <param name="Password">The password, as typed.</param>
internal sealed record Credentials(string Email, string Password)
{
    private const int Largest = 100 * 1024;
    private const int LongestText = 4096;

    private static readonly ForwardAuthRefusal Missing = new(StatusCodes.Status400BadRequest, "email and password are required");
    private static readonly ForwardAuthRefusal NotJson = new(StatusCodes.Status400BadRequest, "invalid json");
    private static readonly ForwardAuthRefusal NotText = new(StatusCodes.Status400BadRequest, "invalid email or password text");
    private static readonly ForwardAuthRefusal TooLarge = new(StatusCodes.Status413PayloadTooLarge, "request body too large");
    private static readonly ForwardAuthRefusal Unsupported = new(StatusCodes.Status415UnsupportedMediaType, "send the body as application/json");

    /// <summary>Reads the body.</summary>
    /// <returns>What was typed; or why it cannot be taken.</returns>
    public static async Task<(Credentials? Typed, ForwardAuthRefusal? Problem)> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var read = await JsonBody.ReadAsync(request, null, ct);
        using var document = read.Document;
        if (read.Bytes?.Length > Largest || read.Problem?.Status == TooLarge.Status || request.ContentLength > Largest) return (null, TooLarge);
        if (read.Problem is { } problem) return (null, problem.Status == Unsupported.Status ? Unsupported : NotJson);
        if (document is null) return (null, Missing);
        return Of(document.RootElement);
    }

    /// <inheritdoc/>
    public override string ToString() => "[secret]";

    private static (Credentials? Typed, ForwardAuthRefusal? Problem) Of(JsonElement body)
    {
        var fields = new Fields(body);
        var (email, password) = (fields.TextOrNull("email", LongestText, min: 0), fields.TextOrNull("password", LongestText, min: 0));
        if (fields.Problems.Any(problem => problem.Message.StartsWith("must not contain", StringComparison.Ordinal))) return (null, NotText);
        return string.IsNullOrEmpty(email) || string.IsNullOrEmpty(password) ? (null, Missing) : (new Credentials(email, password), null);
    }
}
