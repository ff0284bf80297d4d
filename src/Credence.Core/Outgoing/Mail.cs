using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace Credence.Outgoing;

/// <summary>A mail to be sent.</summary>
/// <param name="Id">Names it among all mails of this installation: a second attempt is recognized as the same mail.</param>
/// <param name="From">The sender, with or without a name: <c>Example &lt;no-reply@example.com&gt;</c>.</param>
/// <param name="To">The receivers' addresses.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Text">The text for everybody.</param>
/// <param name="Html">The same as HTML; null for none.</param>
public sealed record Mail(string Id, string From, IReadOnlyList<string> To, string Subject, string Text, string? Html);

/// <summary>A mail as it goes over the wire.</summary>
/// <param name="From">The envelope's sender.</param>
/// <param name="To">The envelope's receivers.</param>
/// <param name="Text">Headers and body, lines ended by CR LF.</param>
/// <param name="NeedsUtf8">Whether an address goes beyond ASCII (RFC 6531).</param>
internal sealed record WrittenMail(string From, IReadOnlyList<string> To, byte[] Text, bool NeedsUtf8);

/// <summary>Writes mails as RFC 5322 and MIME have them: 7-bit throughout, whatever is in them.</summary>
internal static class MailWriter
{
    private const int LongestPlainHeader = 900; // RFC 5322 2.1.1: 998 with its name

    /// <summary>Writes a mail.</summary>
    /// <returns>Null when an address is none, or a header would become two: nothing of that may reach a mail server.</returns>
    public static WrittenMail? Write(Mail mail, DateTimeOffset now)
    {
        if (!MailAddress.TryCreate(mail.From, out var sender) || sender.DisplayName.Any(char.IsControl) || mail.Subject.Any(char.IsControl)) return null;
        var (from, to) = (Envelope(sender.Address), mail.To.Select(Envelope).OfType<string>().ToList());
        if (from is null || to.Count == 0 || to.Count != mail.To.Count) return null;

        var text = new StringBuilder();
        Header(text, "From", sender.DisplayName.Length == 0 ? from : $"{Phrase(sender.DisplayName)} <{from}>");
        Header(text, "To", string.Join(",\r\n ", to));
        Header(text, "Subject", Words(mail.Subject));
        Header(text, "Date", now.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header(text, "Message-ID", $"<{mail.Id}@{from[(from.LastIndexOf('@') + 1)..]}>");
        Header(text, "Auto-Submitted", "auto-generated"); // RFC 3834: no out-of-office answers
        Header(text, "MIME-Version", "1.0");
        if (mail.Html is null) Part(text, "text/plain", mail.Text);
        else Alternatives(text, mail.Id, mail.Text, mail.Html);
        return new WrittenMail(from, to, Encoding.UTF8.GetBytes(text.ToString()), !Ascii.IsValid(from) || to.Exists(one => !Ascii.IsValid(one)));
    }

    /// <summary>An address as the envelope has it: its domain in ASCII.</summary>
    private static string? Envelope(string address)
    {
        var at = address.LastIndexOf('@');
        if (at < 1 || at == address.Length - 1 || address.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter is '<' or '>' or ',' or ';')) return null;
        try
        {
            var domain = address[(at + 1)..];
            return Ascii.IsValid(domain) ? address : $"{address[..at]}@{new IdnMapping().GetAscii(domain)}";
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static void Alternatives(StringBuilder text, string id, string plain, string html)
    {
        var boundary = $"={id}="; // "=" begins nothing in quoted-printable but a code, so this is in neither part
        Header(text, "Content-Type", $"multipart/alternative; boundary=\"{boundary}\"");
        text.Append($"\r\n--{boundary}\r\n");
        Part(text, "text/plain", plain);
        text.Append($"\r\n--{boundary}\r\n");
        Part(text, "text/html", html);
        text.Append($"\r\n--{boundary}--\r\n");
    }

    private static void Part(StringBuilder text, string type, string body)
    {
        Header(text, "Content-Type", $"{type}; charset=utf-8");
        Header(text, "Content-Transfer-Encoding", "quoted-printable");
        text.Append("\r\n");
        QuotedPrintable.Write(text, body);
    }

    private static void Header(StringBuilder text, string name, string value) => text.Append($"{name}: {value}\r\n");

    private static string Phrase(string name) =>
        Ascii.IsValid(name) ? $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : Words(name);

    /// <summary>Plain where that will do, else as encoded words of at most 75 characters each (RFC 2047).</summary>
    private static string Words(string value)
    {
        if (Ascii.IsValid(value) && value.Length <= LongestPlainHeader && !value.Contains("=?", StringComparison.Ordinal)) return value;
        var words = new List<string>();
        var bytes = new List<byte>();
        Span<byte> letter = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(letter);
            if (bytes.Count + length > 45) Flush();
            bytes.AddRange(letter[..length]);
        }

        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=");
            bytes.Clear();
        }
    }
}

/// <summary>Text in the letters any mail server takes, lines of at most 76 (RFC 2045 6.7).</summary>
internal static class QuotedPrintable
{
    private const int LongestLine = 75; // and the "=" that says that it goes on

    public static void Write(StringBuilder to, string body)
    {
        foreach (var line in body.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            var length = 0;
            var bytes = Encoding.UTF8.GetBytes(line);
            for (var at = 0; at < bytes.Length; at++)
            {
                var isLast = at == bytes.Length - 1;
                var isPlain = bytes[at] is (> 32 and < 127 and not (byte)'=') or ((byte)' ' or (byte)'\t') && !(isLast && bytes[at] is (byte)' ' or (byte)'\t');
                var width = isPlain ? 1 : 3;
                if (length + width > LongestLine)
                {
                    to.Append("=\r\n");
                    length = 0;
                }

                if (isPlain) to.Append((char)bytes[at]);
                else to.Append($"={bytes[at]:X2}");
                length += width;
            }

            to.Append("\r\n");
        }
    }
}
