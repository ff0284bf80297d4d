using System.Text.RegularExpressions;
using Credence.Roles;
using Credence.Server.Doors;

namespace Credence.Server.People;

/// <summary>The domain that a request names: <c>X-Domain-Id</c>, or the id of a merchant in <c>x-merchant-id</c> (contract identity B.7).</summary>
internal static partial class ActiveDomain
{
    /// <summary>The header, and the other name for it.</summary>
    public const string Header = "X-Domain-Id", Alias = "X-Merchant-Id";

    /// <summary>Notes it in the call.</summary>
    /// <returns>Why it cannot be taken, or null.</returns>
    public static PeopleRefusal? Read(PeopleCall call)
    {
        var headers = call.Http.Request.Headers;
        var (name, values) = headers.TryGetValue(Header, out var sent) ? (Header, sent) : (Alias, headers[Alias]);
        if (values.Count == 0) return null;
        var text = values is [{ } one] ? one : "";
        if (name == Alias && !text.Contains('_', StringComparison.Ordinal)) text = $"Merchant_{text}";
        if (text != PolicyDefinition.Everywhere && !One().IsMatch(text)) return PeopleRefusal.Invalid([new FieldProblem(name, "must be a domain such as Merchant_7")]);
        call.Domain = text;
        return null;
    }

    /// <summary>Whether an edge can hold in it: one domain, all of one sort, or all.</summary>
    public static bool IsPattern(string text) => text is PolicyDefinition.Everywhere or "Merchant_*" or "Organizer_*" || One().IsMatch(text);

    [GeneratedRegex("^(Merchant|Organizer)_[A-Za-z0-9_-]{1,64}\\z", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex One();
}
