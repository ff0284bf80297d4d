using System.Text;
using QRCoder;

namespace Credence.Server.Pages.Account;

/// <summary>A text as a picture that a telephone reads (ISO/IEC 18004), drawn on the server: the page needs no script, and asks nobody for an image.</summary>
internal static class QrCode
{
    /// <summary>Draws it, black on what lies behind, with the margin that the standard wants around it.</summary>
    public static string Svg(string text)
    {
        using var made = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = made.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows.Count; x++)
            {
                if (rows[y][x]) path.Append($"M{x} {y}h1v1h-1z");
            }
        }

        return $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {rows.Count} {rows.Count}" shape-rendering="crispEdges" aria-hidden="true"><path fill="#000" d="{path}"/></svg>""";
    }
}
