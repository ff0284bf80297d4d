using System.Text;
using Credence.Gateways;

namespace Credence.Server.ForwardAuth;

/// <summary>The identity headers: all of them always, empty where there is nothing to say, so that a proxy overwrites whatever a caller sent (contract standards 11).</summary>
internal static class IdentityHeaders
{
    /// <summary>Sets them.</summary>
    public static void Set(IHeaderDictionary headers, Visitor visitor, string assertion)
    {
        headers["Auth-Subject"] = Safe(visitor.Subject);
        headers["Auth-Agent"] = Safe(visitor.Agent);
        headers["Auth-Actor-Chain"] = string.Join(", ", visitor.ActorChain.Select(Safe));
        headers["Auth-Client"] = Safe(visitor.Client);
        headers["Auth-Scope"] = string.Join(' ', visitor.Scopes.Select(Safe));
        headers["Auth-Grant"] = Safe(visitor.Grant);
        headers["Auth-Tenant"] = Safe(visitor.Tenant);
        headers["Auth-Acr"] = Safe(visitor.Worth);
        headers["Auth-Assertion"] = assertion;
    }

    /// <summary>Visible ASCII as it is, but for what separates things; every other byte of its UTF-8 as <c>%XX</c>. No line end gets into a header.</summary>
    private static string Safe(string text)
    {
        if (text.All(IsPlain)) return text;
        var safe = new StringBuilder(text.Length * 3);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (IsPlain((char)octet)) safe.Append((char)octet);
            else safe.Append('%').Append(octet.ToString("X2"));
        }

        return safe.ToString();
    }

    private static bool IsPlain(char sign) => sign is > ' ' and < '\u007F' and not ('%' or ',' or ';' or '"' or '\\');
}
