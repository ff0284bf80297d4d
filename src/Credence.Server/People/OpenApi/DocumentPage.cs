using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Credence.Server.People.OpenApi;

/// <summary>The document as a page (contract identity ID-5): plain HTML with one style, nothing from elsewhere and no script.</summary>
internal sealed class DocumentPage
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly StringBuilder _html = new(64 * 1024);

    private DocumentPage()
    {
    }

    /// <summary>The policy that lets the page have its own style, known by its hash, and nothing else.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style())))}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>Writes it.</summary>
    public static string Write(JsonObject document)
    {
        var page = new DocumentPage();
        page.Whole(document);
        return page._html.ToString();
    }

    private void Whole(JsonObject document)
    {
        var title = (string)document["info"]!["title"]!;
        _html.Append($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(title)}</title><style>{Style()}</style></head><body>\n");
        _html.Append($"<main><h1>{Text(title)}</h1><p>{Text((string)document["info"]!["description"]!)} <a href=\"{PeopleDoor.Base}/doc/openapi.json\">As JSON</a></p>\n");
        var operations =
            from path in document["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            select (Path: path.Key, Method: operation.Key.ToUpperInvariant(), Operation: operation.Value!.AsObject());
        foreach (var tag in operations.GroupBy(each => (string)each.Operation["tags"]![0]!))
        {
            _html.Append($"<h2>{Text(tag.Key)}</h2>\n");
            foreach (var (path, method, operation) in tag) Operation(path, method, operation);
        }

        _html.Append("<h2>Shapes</h2>\n");
        foreach (var (name, shape) in document["components"]!["schemas"]!.AsObject())
        {
            _html.Append($"<section id=\"{Text(name)}\"><h3>{Text(name)}</h3><pre tabindex=\"0\">{Text(shape!.ToJsonString(Indented))}</pre></section>\n");
        }

        _html.Append("</main></body></html>\n");
    }

    private void Operation(string path, string method, JsonObject operation)
    {
        _html.Append($"<details id=\"{Text((string)operation["operationId"]!)}\"><summary><b>{method}</b> <code>{Text(path)}</code> {Text((string)operation["summary"]!)}</summary>\n<dl>");
        Row("Proof", operation["security"]!.AsArray() is { Count: > 0 } proofs ? string.Join(" or ", proofs.Select(proof => Text(proof!.AsObject().First().Key))) : "none");
        if ((string?)operation["description"] is { } description) Row("Permission", Text(description));
        foreach (var parameter in operation["parameters"]?.AsArray() ?? []) Row(Text((string)parameter!["in"]!), $"<code>{Text((string)parameter["name"]!)}</code>");
        if (operation["requestBody"] is { } body) Row("Body", Shape(body));
        foreach (var (status, answer) in operation["responses"]!.AsObject()) Row(status, $"{Text((string)answer!["description"]!)} {Shape(answer)}");
        _html.Append("</dl></details>\n");
    }

    private void Row(string name, string html) => _html.Append($"<dt>{name}</dt><dd>{html}</dd>");

    private static string Shape(JsonNode of)
    {
        if ((string?)of["content"]?["application/json"]?["schema"]?["$ref"] is not { } reference) return "";
        var name = Text(reference[(reference.LastIndexOf('/') + 1)..]);
        return $"<a href=\"#{name}\">{name}</a>";
    }

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);

    private static string Style()
    {
        using var file = new StreamReader(typeof(DocumentPage).Assembly.GetManifestResourceStream("document.css")!);
        return file.ReadToEnd();
    }
}
