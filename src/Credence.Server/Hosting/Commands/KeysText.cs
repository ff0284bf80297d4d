using System.Text;
using System.Text.Json;
using Credence.Keys;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary>How keys are shown on a terminal.</summary>
internal static class KeysText
{
    /// <summary>A head and a line for each key.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<KeyInfo> keys)
    {
        yield return Line("KID", "ALG", "STATUS", "SOURCE", "CREATED", "SIGNS SINCE", "PUBLISHED UNTIL");
        foreach (var key in keys)
        {
            yield return Line(
                key.Kid, key.Algorithm.ToString(), Words.Of(key.Status), key.Source, key.Created.Iso(), key.Activated?.Iso() ?? "-", key.PublishedUntil?.Iso() ?? "-");
        }
    }

    /// <summary>The same as a JSON array, absent dates null.</summary>
    public static string Json(IReadOnlyList<KeyInfo> keys)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartArray();
            foreach (var key in keys)
            {
                json.WriteStartObject();
                json.WriteString("kid", key.Kid);
                json.WriteString("algorithm", key.Algorithm.ToString());
                json.WriteString("status", Words.Of(key.Status));
                json.WriteString("source", key.Source);
                json.WriteString("created", key.Created.Iso());
                json.WriteString("activated", key.Activated?.Iso());
                json.WriteString("retired", key.Retired?.Iso());
                json.WriteString("publishedUntil", key.PublishedUntil?.Iso());
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static string Line(string kid, string algorithm, string status, string source, string created, string activated, string until) =>
        $"{kid,-43}  {algorithm,-5}  {status,-7}  {source,-24}  {created,-24}  {activated,-24}  {until}";
}
