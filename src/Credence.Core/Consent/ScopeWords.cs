using System.Globalization;

namespace Credence.Consent;

/// <summary>What a scope means, said to the person who is asked for it (contract grantex-core 3).</summary>
public static class ScopeWords
{
    private const string PaymentCeiling = "payments:initiate:max_";

    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["calendar:read"] = "See your calendar and what is in it",
        ["calendar:write"] = "Add, change and delete events in your calendar",
        ["email:read"] = "Read your e-mail",
        ["email:send"] = "Send e-mail in your name",
        ["email:delete"] = "Delete your e-mail",
        ["files:read"] = "Open and read your files",
        ["files:write"] = "Create, change and delete your files",
        ["payments:read"] = "See your payments and balances",
        ["payments:initiate"] = "Pay with your money, with no upper limit",
        ["profile:read"] = "See your profile: name, picture and contact details",
        ["contacts:read"] = "See the people in your address book",
    };

    /// <summary>The scope in plain words; null when nobody but its developer knows what it means, and the raw scope must be shown as what it is.</summary>
    public static string? Find(string scope)
    {
        if (Known.TryGetValue(scope, out var words)) return words;
        if (!scope.StartsWith(PaymentCeiling, StringComparison.Ordinal)) return null;

        var ceiling = scope.AsSpan(PaymentCeiling.Length);
        return ceiling.IsEmpty || ceiling.ContainsAnyExceptInRange('0', '9') ? null : $"Pay with your money, at most {Grouped(ceiling)} per payment";
    }

    /// <summary>The scope in plain words, or the scope itself: <c>scopeDescriptions</c> on the wire.</summary>
    public static string Describe(string scope) => Find(scope) ?? scope;

    private static string Grouped(ReadOnlySpan<char> digits) =>
        ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) ? amount.ToString("#,0", CultureInfo.InvariantCulture) : digits.ToString();
}
