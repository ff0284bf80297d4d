namespace Credence.Messages;

/// <summary>Which templates there are (contract identity B.1), and what may be filled into them.</summary>
public static class MessageTemplates
{
    /// <summary>The language of those for whom there is no other.</summary>
    public const string UsualLocale = "en";

    /// <summary>What a template may use: a code and for how many minutes it counts, a link, and what the person is called.</summary>
    internal static readonly IReadOnlyCollection<string> Places = ["code", "minutes", "link", "name"];

    /// <summary>The names of a channel's templates, without a language.</summary>
    public static IReadOnlyList<string> Names(MessageChannel channel) => channel == MessageChannel.Mail ? BuiltInMails.Names : BuiltInSms.Names;

    /// <summary>Whether there is such a template.</summary>
    public static bool Has(MessageChannel channel, string name) => channel == MessageChannel.Unaddressed
        ? Has(MessageChannel.Mail, name) || Has(MessageChannel.Sms, name)
        : Names(channel).Contains(name, StringComparer.Ordinal);

    /// <summary>Whether <paramref name="code"/> names a template in some language: <c>welcome-vi</c>. Languages beyond the built-in ones can be added.</summary>
    internal static bool IsCode(MessageChannel channel, string code) =>
        code is [.., '-', >= 'a' and <= 'z', >= 'a' and <= 'z'] && Has(channel, code[..^3]);

    /// <summary>The codes to look under, best first.</summary>
    internal static IEnumerable<string> Codes(string name, string locale)
    {
        var language = locale.Split('-', '_')[0].ToLowerInvariant();
        if (language != UsualLocale) yield return $"{name}-{language}";
        yield return $"{name}-{UsualLocale}";
    }
}
