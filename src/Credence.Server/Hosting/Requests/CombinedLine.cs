using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Credence.Server.Hosting.Requests;

/// <summary>A request in the combined format of web servers, without any query string.</summary>
internal static class CombinedLine
{
    /// <summary>Writes it.</summary>
    public static string Of(HttpContext context, DateTimeOffset at)
    {
        var request = context.Request;
        var bytes = context.Response.ContentLength?.ToString(CultureInfo.InvariantCulture) ?? "-";
        return $"{context.Connection.RemoteIpAddress} - - [{at.UtcDateTime.ToString("dd/MMM/yyyy:HH:mm:ss '+0000'", CultureInfo.InvariantCulture)}] "
            + $"\"{Safe(request.Method)} {request.Path.ToUriComponent()} {request.Protocol}\" {context.Response.StatusCode} {bytes} "
            + $"\"{Referrer(request)}\" \"{Safe(request.Headers[HeaderNames.UserAgent].ToString())}\"";
    }

    private static string Referrer(HttpRequest request)
    {
        var text = request.Headers[HeaderNames.Referer].ToString();
        var end = text.AsSpan().IndexOfAny('?', '#');
        return Safe(end < 0 ? text : text[..end]);
    }

    /// <summary>What a caller sent, with nothing in it that could end the line or the quotes; <c>-</c> for nothing.</summary>
    private static string Safe(string text) =>
        text.Length == 0 ? "-" : string.Concat(text.Select(character => char.IsControl(character) || character is '"' or '\\' ? '?' : character));
}
