using System.Buffers.Text;
using System.Text.Json;

namespace Credence.Server.People;

/// <summary>The <c>kid</c> in a token's header, for the log (contract identity A.3 15). Tokens of one key have one header, so the last one is remembered.</summary>
internal sealed class TokenKid
{
    private volatile Read? _last;

    /// <summary>The name of the key that signed <paramref name="token"/>, which was verified.</summary>
    public string? Of(string token)
    {
        var header = token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal));
        if (_last is { } last && header.Equals(last.Header, StringComparison.Ordinal)) return last.Kid;
        using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(header));
        var read = new Read(header.ToString(), json.RootElement.GetProperty("kid").GetString());
        _last = read;
        return read.Kid;
    }

    private sealed record Read(string Header, string? Kid);
}
