using Microsoft.Extensions.Primitives;

namespace Credence.Server.Pages.Account;

/// <summary>Fields of a form, each of which may stand there once.</summary>
/// <param name="form">The form.</param>
internal sealed class FormFields(IFormCollection form)
{
    /// <summary>Reads the form, or says with which status it cannot be taken.</summary>
    public static async Task<(FormFields? Fields, int Refused)> ReadAsync(HttpContext http, CancellationToken ct)
    {
        var (form, refused) = await PageForm.ReadAsync(http, ct);
        if (form is null) return (null, refused);
        return form.Any(field => field.Value.Count != 1) ? (null, StatusCodes.Status400BadRequest) : (new FormFields(form), 0);
    }

    /// <summary>A field as it was typed; empty when it is not there.</summary>
    public string this[string name] => form.TryGetValue(name, out StringValues value) ? value[0] ?? "" : "";

    /// <summary>A field without what stands around it; null when there is nothing in it.</summary>
    public string? TrimmedOrNull(string name) => this[name].Trim() is { Length: > 0 } text ? text : null;
}
