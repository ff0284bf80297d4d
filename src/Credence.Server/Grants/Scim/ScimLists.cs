using System.Text.Json.Nodes;
using Credence.Scim;

namespace Credence.Server.Grants.Scim;

/// <summary>The list of RFC 7644 3.4.2; <c>itemsPerPage</c> says how many were asked for (contract grantex-enterprise 3).</summary>
internal static class ScimLists
{
    private const string Urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    /// <summary>A list of things that are there already.</summary>
    public static JsonObject Of(long? total, long? startIndex, int itemsPerPage, JsonArray resources)
    {
        var list = new JsonObject { ["schemas"] = new JsonArray(Urn) };
        if (total is { } count) list["totalResults"] = count;
        if (startIndex is { } start) list["startIndex"] = start;
        list["itemsPerPage"] = itemsPerPage;
        list["Resources"] = resources;
        return list;
    }

    /// <summary>A part of a list; one that was asked for with a cursor says where the next begins (RFC 9865 2).</summary>
    public static JsonObject Of(ScimQuery query, ScimPage page)
    {
        var list = Of(page.Total, query.Cursor is null ? query.StartIndex : null, query.Count, new JsonArray([.. page.Resources]));
        if (page.Next is { } next) list["nextCursor"] = next;
        return list;
    }
}
