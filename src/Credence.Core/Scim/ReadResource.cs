using System.Text.Json;
using System.Text.Json.Nodes;

namespace Credence.Scim;

/// <summary>
/// Reads what a client sends as a resource: the attributes of its schemas in their one spelling. What the schemas do not have and what only the server
/// sets is passed over (RFC 7643 2.1, RFC 7644 3.3).
/// </summary>
internal static class ReadResource
{
    private const int MostValues = 10_000;

    /// <summary>Reads a whole resource.</summary>
    public static Result<JsonObject> Read(ScimKind kind, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) return ScimFailures.Syntax("The body must be a JSON object");
        var read = Parts(kind.Attributes, body, "");
        return read.Succeeded && Complete(kind, read.Value) is { } failure ? failure : read;
    }

    /// <summary>Why a resource cannot be as it is; null when it can. What is empty is taken out: an empty list and no list are the same (RFC 7643 2.5).</summary>
    public static Failure? Complete(ScimKind kind, JsonObject resource)
    {
        DropEmpty(resource);
        foreach (var attribute in kind.Attributes)
        {
            var (name, value) = (attribute.Name, resource[attribute.Name]);
            if (attribute.IsRequired && string.IsNullOrWhiteSpace(value?.GetValue<string>())) return ScimFailures.Value($"{name} is required");
            if (attribute.IsUnique && value?.GetValue<string>().Length > MostInKeys) return ScimFailures.Value($"{name} has at most {MostInKeys} characters");
            if (value is JsonArray values && values.Count(IsPrimary) > 1) return ScimFailures.Value($"{name} has more than one primary value");
        }

        return resource["externalId"]?.GetValue<string>().Length > MostInKeys ? ScimFailures.Value($"externalId has at most {MostInKeys} characters") : null;
    }

    /// <summary>Reads a value, or all values, of an attribute.</summary>
    /// <returns>Null for JSON's null and for an empty list: the attribute has no value.</returns>
    public static Result<JsonNode?> Value(AttributeDefinition attribute, JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.Null) return (JsonNode?)null;
        if (!attribute.IsMany) return One(attribute, value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 ? value[0] : value, name); // Entra ID lists the one manager

        var values = new JsonArray();
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > MostValues) return ScimFailures.Value($"{name} has at most {MostValues} values");
        foreach (var item in value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : new[] { value })
        {
            var one = One(attribute, item, name);
            if (!one.Succeeded) return one;
            values.Add(one.Value);
        }

        return values;
    }

    /// <summary>Whether a value says of itself that it is the primary one.</summary>
    internal static bool IsPrimary(JsonNode? value) => value is JsonObject parts && parts["primary"]?.GetValueKind() == JsonValueKind.True;

    /// <summary>The longest text that is kept unique; an index has room for it on both engines.</summary>
    private const int MostInKeys = 500;

    private static Result<JsonNode?> One(AttributeDefinition attribute, JsonElement value, string name)
    {
        switch (attribute.Type)
        {
            case ScimType.Boolean:
                if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return JsonValue.Create(value.GetBoolean());
                return bool.TryParse(ScimText.Of(value), out var flag) ? JsonValue.Create(flag) : ScimFailures.Value($"{name} must be true or false"); // Entra ID writes "False"
            case ScimType.Complex when value.ValueKind == JsonValueKind.Object:
                var parts = Parts(attribute.Parts, value, name + ".");
                return parts.Succeeded ? parts.Value : parts.Failure;
            case ScimType.Complex when attribute.Part("value") is { Type: not ScimType.Complex } main: // "manager": "26118915" is what Entra ID sends
                var only = One(main, value, name);
                return only.Succeeded ? new JsonObject { [main.Name] = only.Value } : only;
            case ScimType.Complex:
                return ScimFailures.Value($"{name} must be an object");
            default:
                return ScimText.Of(value) is { } text ? JsonValue.Create(text) : ScimFailures.Value($"{name} must be a string of at most {ScimText.Longest} characters");
        }
    }

    private static Result<JsonObject> Parts(IReadOnlyList<AttributeDefinition> attributes, JsonElement value, string path)
    {
        var parts = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            if (AttributeDefinition.Find(attributes, member.Name) is not { IsReadOnly: false } attribute) continue;
            if (parts.ContainsKey(attribute.Name)) return ScimFailures.Syntax($"{path}{attribute.Name} is there twice");
            var read = Value(attribute, member.Value, path + attribute.Name);
            if (!read.Succeeded) return read.Failure;
            if (read.Value is not null) parts[attribute.Name] = read.Value;
        }

        return parts;
    }

    private static void DropEmpty(JsonObject parts)
    {
        foreach (var (name, value) in parts.ToList())
        {
            if (value is JsonObject inner) DropEmpty(inner);
            if (value is JsonArray values)
            {
                foreach (var item in values.OfType<JsonObject>()) DropEmpty(item);
                values.RemoveAll(item => item is JsonObject { Count: 0 });
            }

            if (value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 }) parts.Remove(name);
        }
    }
}
