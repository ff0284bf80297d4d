using System.Text.Json;
using System.Text.Json.Nodes;

namespace Credence.Scim;

/// <summary>Carries out the operations of a PATCH on a resource (RFC 7644 3.5.2).</summary>
internal static class PatchResource
{
    /// <returns>Why an operation cannot be; null when it was carried out. After a refusal the resource is to be thrown away.</returns>
    public static Failure? Apply(JsonObject resource, PatchOperation operation)
    {
        var target = operation.Target!;
        var holders = Holders(resource, target.Path, operation.Verb != PatchVerb.Remove);
        if (holders.Count == 0 && operation.Verb != PatchVerb.Remove) return ScimFailures.NoTarget($"{target.Path.Name} has no value to change");
        foreach (var holder in holders)
        {
            var failure = target.Where is { } where ? Some(holder, target, where, operation) : Whole(holder, target.Path, operation);
            if (failure is not null) return failure;
        }

        return null;
    }

    /// <summary>The objects that have the attribute at the end of the way: the resource, or something in it, or each of many values.</summary>
    private static List<JsonObject> Holders(JsonObject resource, AttributePath path, bool make)
    {
        List<JsonObject> holders = [resource];
        foreach (var step in path.Steps.SkipLast(1))
        {
            if (make && !step.IsMany)
            {
                foreach (var holder in holders) holder[step.Name] ??= new JsonObject();
            }

            holders = [.. holders.SelectMany(holder => FilterMatch.Values(holder, [step])).OfType<JsonObject>()];
        }

        return holders;
    }

    private static Failure? Whole(JsonObject holder, AttributePath path, PatchOperation operation)
    {
        var attribute = path.Last;
        if (operation.Verb == PatchVerb.Remove && operation.Value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            if (attribute.IsRequired) return ScimFailures.Mutability(path.Name);
            holder.Remove(attribute.Name);
            return null;
        }

        var read = ReadResource.Value(attribute, operation.Value, path.Name);
        if (!read.Succeeded) return read.Failure;
        if (operation.Verb == PatchVerb.Remove) TakeAway(holder, attribute, read.Value);
        else if (read.Value is null) holder.Remove(attribute.Name);
        else if (attribute.IsMany && operation.Verb == PatchVerb.Add) AddTo(holder, attribute, (JsonArray)read.Value);
        else if (!attribute.IsMany && read.Value is JsonObject parts && holder[attribute.Name] is JsonObject there) Merge(there, parts);
        else holder[attribute.Name] = read.Value;
        return null;
    }

    private static Failure? Some(JsonObject holder, PatchTarget target, Filter where, PatchOperation operation)
    {
        var attribute = target.Path.Last;
        var values = holder[attribute.Name] as JsonArray ?? [];
        var matching = values.OfType<JsonObject>().Where(where.Matches).ToList();
        if (operation.Verb == PatchVerb.Remove)
        {
            foreach (var value in matching)
            {
                if (target.Part is { } part) value.Remove(part.Name);
                else values.Remove(value);
            }

            return null;
        }

        if (matching.Count == 0)
        {
            // What Entra ID adds to emails[type eq "work"].value shall be there afterwards, be it the first of its type.
            if (operation.Verb == PatchVerb.Replace || Wanted(where) is not { } made) return ScimFailures.NoTarget($"No value of {attribute.Name} matches the path");
            values.Add(made);
            matching.Add(made);
            holder[attribute.Name] = values.Parent is null ? values : holder[attribute.Name];
        }

        foreach (var value in matching)
        {
            var read = target.Part is { } part
                ? ReadResource.Value(part, operation.Value, part.Name)
                : ReadResource.Value(attribute with { IsMany = false }, operation.Value, attribute.Name);
            if (!read.Succeeded) return read.Failure;
            if (target.Part is { } set) value[set.Name] = read.Value;
            else if (read.Value is JsonObject parts) Merge(value, parts);
            KeepOnePrimary(values, value);
        }

        return null;
    }

    /// <summary>The value that a filter of equalities describes; null for any other.</summary>
    private static JsonObject? Wanted(Filter where)
    {
        var value = new JsonObject();
        return Fill(where) ? value : null;

        bool Fill(Filter filter)
        {
            if (filter is Filter.And both) return Fill(both.Left) && Fill(both.Right);
            if (filter is not Filter.Compare { Op: FilterOp.Eq } equal || equal.Path.Last.IsReadOnly) return false;
            value[equal.Path.Last.Name] = equal.Value is bool flag ? JsonValue.Create(flag) : JsonValue.Create((string)equal.Value);
            return true;
        }
    }

    private static void AddTo(JsonObject holder, AttributeDefinition attribute, JsonArray added)
    {
        if (holder[attribute.Name] is not JsonArray values) holder[attribute.Name] = values = [];
        foreach (var value in added.ToList())
        {
            added.Remove(value);
            if (values.Any(there => JsonNode.DeepEquals(there, value))) continue; // what is there already is not added again
            values.Add(value);
            if (value is JsonObject one) KeepOnePrimary(values, one);
        }
    }

    private static void TakeAway(JsonObject holder, AttributeDefinition attribute, JsonNode? taken)
    {
        if (holder[attribute.Name] is not JsonArray values || taken is not JsonArray away)
        {
            holder.Remove(attribute.Name);
            return;
        }

        values.RemoveAll(value => away.Any(one =>
            JsonNode.DeepEquals(one, value) || (one is JsonObject { Count: 1 } only && JsonNode.DeepEquals(only["value"], value?["value"]))));
    }

    private static void Merge(JsonObject there, JsonObject parts)
    {
        foreach (var (name, value) in parts.ToList())
        {
            parts.Remove(name);
            if (value is JsonObject inner && there[name] is JsonObject old) Merge(old, inner);
            else there[name] = value;
        }
    }

    /// <summary>A value that becomes the primary one takes that from the others (RFC 7644 3.5.2).</summary>
    private static void KeepOnePrimary(JsonArray values, JsonObject newest)
    {
        if (!ReadResource.IsPrimary(newest)) return;
        foreach (var other in values.OfType<JsonObject>().Where(value => value != newest)) other.Remove("primary");
    }
}
