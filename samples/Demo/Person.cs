using System.Net;
using System.Text.RegularExpressions;

namespace Credence.Samples.Demo;

/// <summary>The person and their browser, without a script: opens the real consent page, reads it, and presses a button of its form.</summary>
internal sealed partial class Person : IDisposable
{
    private readonly HttpClient _browser = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Approves, and lets the browser follow the page's way back.</summary>
    public async Task ApproveAsync(Uri page)
    {
        Console.WriteLine($"   GET {page.PathAndQuery}   (no API key: this is a browser)");
        var html = await _browser.GetStringAsync(page);
        Console.WriteLine("   → 200, a page that says:");
        foreach (var line in Lines(html).Take(14)) Console.WriteLine($"     | {line}");

        var action = Value(FormAction(), html, "a form to post");
        var request = Value(HiddenRequest(), html, "the request in a hidden field");
        Expect.That(html.Contains("value=\"deny\"", StringComparison.Ordinal), "a Deny button beside Approve");

        Console.WriteLine($"   POST {action}   req={request}&decision=approve");
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["req"] = request, ["decision"] = "approve" });
        using var answer = await _browser.PostAsync(new Uri(page, action), form);
        Expect.That(answer.StatusCode == HttpStatusCode.OK, $"the page to take the decision, and it answered {(int)answer.StatusCode}");

        var back = new Uri(Value(WayBack(), await answer.Content.ReadAsStringAsync(), "the way back to the developer's site"));
        Console.WriteLine($"   → 200, and the browser goes on to {back.GetLeftPart(UriPartial.Path)}?…");
        using var arrived = await _browser.GetAsync(back);
    }

    public void Dispose() => _browser.Dispose();

    private static string Value(Regex pattern, string html, string expected)
    {
        var match = pattern.Match(html);
        Expect.That(match.Success, expected + " on the page");
        return WebUtility.HtmlDecode(match.Groups["value"].Value);
    }

    private static string[] Lines(string html) =>
        WebUtility.HtmlDecode(Inline().Replace(Blocks().Replace(Head().Replace(html, ""), "\n"), ""))
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("<form[^>]* action=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormAction();

    [GeneratedRegex("<input[^>]* name=\"req\" value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HiddenRequest();

    [GeneratedRegex("<meta http-equiv=\"refresh\" content=\"0;url=(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WayBack();

    [GeneratedRegex("^.*<body>|<script.*</html>", RegexOptions.Singleline, 1000)]
    private static partial Regex Head();

    [GeneratedRegex("</(p|h1|h2|li|button|dt|dd|blockquote)>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blocks();

    [GeneratedRegex("<[^>]+>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Inline();
}
