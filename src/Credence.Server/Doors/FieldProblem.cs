namespace Credence.Server.Doors;

/// <summary>What is wrong with one member of a body, or one parameter.</summary>
/// <param name="Field">Its name.</param>
/// <param name="Message">The end of a sentence that begins with the name.</param>
internal sealed record FieldProblem(string Field, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Field} {Message}";
}
