using System.Text.Json;
using Credence.Audit;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary>
/// The whole of a list of logged entries, however long. It goes out a page at a time, as fast as the caller takes it: neither memory nor a
/// connection to the database is held for the rest.
/// </summary>
internal sealed class WholeLog(Db db, string organization, LoggedFilter filter, LoggedSpan span) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var ct = httpContext.RequestAborted;
        var page = await LoggedStore.ListAsync(db, organization, filter, span, LoggedStore.PageLength, ct); // a database that is away is told by the status
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { Encoder = GrantsJson.Wire.Options.Encoder });
        json.WriteStartObject();
        json.WriteStartArray("entries");
        while (true)
        {
            foreach (var entry in page.Entries) JsonSerializer.Serialize(json, AuditLogApi.LoggedShape.Of(entry), GrantsJson.Wire.LoggedShape);
            if (page.IsWhole) break;
            await json.FlushAsync(ct);
            await response.BodyWriter.FlushAsync(ct);
            var most = Math.Min(LoggedStore.PageLength, page.Entries.Count * 2); // where entries are large, few are read in vain
            page = await LoggedStore.ListAsync(db, organization, filter, span with { After = page.Entries[^1].Sequence }, most, ct);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
