using System.Text.Json;

namespace Credence.Scim;

/// <summary>What an operation of a PATCH does (RFC 7644 3.5.2).</summary>
public enum PatchVerb
{
    /// <summary>Adds values, or sets what has one.</summary>
    Add,

    /// <summary>Takes values away.</summary>
    Remove,

    /// <summary>Sets.</summary>
    Replace,
}

/// <summary>Where an operation works: an attribute, and of its values perhaps only some, and of those perhaps only a part.</summary>
/// <param name="Path">The attribute.</param>
/// <param name="Where">Which of its values; null for all.</param>
/// <param name="Part">Which part of those; null for the whole.</param>
public sealed record PatchTarget(AttributePath Path, Filter? Where, AttributeDefinition? Part)
{
    /// <summary>Reads a path such as <c>active</c>, <c>name.familyName</c> or <c>emails[type eq "work"].value</c>.</summary>
    internal static Result<PatchTarget> Read(ScimKind kind, string text)
    {
        var tokens = new FilterTokens(text);
        if (AttributePath.Find(kind, tokens.Word()) is not { } path) return ScimFailures.Path("The path leads to no attribute");
        if (!tokens.Take('[')) return tokens.IsAtEnd ? new PatchTarget(path, null, null) : ScimFailures.Path("The path goes on where it should end");
        if (path.Last is not { Type: ScimType.Complex, IsMany: true }) return ScimFailures.Path($"{path.Name} has not many values to choose from");

        var where = FilterReader.ReadWithin(tokens, path.Last);
        if (!where.Succeeded) return where.Failure;
        var part = tokens.Word();
        if (!tokens.IsAtEnd) return ScimFailures.Path("The path goes on where it should end");
        if (part.Length == 0) return new PatchTarget(path, where.Value, null);
        return part[0] == '.' && path.Last.Part(part[1..]) is { } found ? new PatchTarget(path, where.Value, found) : ScimFailures.Path($"{path.Name} has no such part");
    }
}

/// <summary>One operation of a PATCH.</summary>
/// <param name="Verb">What it does.</param>
/// <param name="Target">Where; null when the value names the attributes.</param>
/// <param name="Value">With what; undefined when nothing was sent.</param>
public sealed record PatchOperation(PatchVerb Verb, PatchTarget? Target, JsonElement Value)
{
    private const int Most = 1_000;

    /// <summary>Reads the body of a PATCH. Names and verbs may have any case: Entra ID writes <c>Replace</c>.</summary>
    public static Result<List<PatchOperation>> ReadAll(ScimKind kind, JsonElement body)
    {
        if (Member(body, "Operations") is not { ValueKind: JsonValueKind.Array } list) return ScimFailures.Syntax("Operations must be an array");
        if (list.GetArrayLength() > Most) return ScimFailures.Value($"There may be {Most} operations at once");
        var operations = new List<PatchOperation>();
        foreach (var item in list.EnumerateArray())
        {
            var read = Read(kind, item);
            if (!read.Succeeded) return read.Failure;
            operations.AddRange(read.Value);
        }

        return operations;
    }

    /// <summary>One operation, or where the value names the attributes, one for each of them.</summary>
    private static Result<List<PatchOperation>> Read(ScimKind kind, JsonElement item)
    {
        var verb = Member(item, "op") is { } op ? Storage.Words.Find<PatchVerb>(ScimText.Of(op)?.ToLowerInvariant()) : null;
        if (verb is not { } does) return ScimFailures.Syntax("op must be add, remove or replace");
        var value = Member(item, "value") ?? default;
        if (Member(item, "path") is { ValueKind: not JsonValueKind.Null } path)
        {
            if (ScimText.Of(path) is not { } text) return ScimFailures.Path("path must be a string");
            var target = PatchTarget.Read(kind, text);
            if (!target.Succeeded) return target.Failure;
            if (IsFixed(target.Value)) return ScimFailures.Mutability(target.Value.Path.Name);
            if (does != PatchVerb.Remove && value.ValueKind == JsonValueKind.Undefined) return ScimFailures.Value("value is required");
            return new List<PatchOperation> { new(does, target.Value, value) };
        }

        if (does == PatchVerb.Remove) return ScimFailures.NoTarget("remove needs a path");
        if (value.ValueKind != JsonValueKind.Object) return ScimFailures.Value("Without a path, value must be an object");
        return value.EnumerateObject()
            .Select(member => (Path: AttributePath.Find(kind, member.Name), member.Value)) // also "name.givenName" and "urn:…:department", as Entra ID sends them
            .Where(each => each.Path is { } known && !known.Steps.Any(step => step.IsReadOnly))
            .Select(each => new PatchOperation(does, new PatchTarget(each.Path!, null, null), each.Value)).ToList();
    }

    private static bool IsFixed(PatchTarget target) => target.Path.Steps.Any(step => step.IsReadOnly) || target.Part is { IsReadOnly: true };

    /// <summary>A member of an object by its name in any case, or null.</summary>
    private static JsonElement? Member(JsonElement item, string name)
    {
        if (item.ValueKind != JsonValueKind.Object) return null;
        foreach (var member in item.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return member.Value;
        }

        return null;
    }
}
