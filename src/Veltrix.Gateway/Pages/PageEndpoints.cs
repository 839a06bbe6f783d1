using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Veltrix.Gateway.Operators;

namespace Veltrix.Gateway.Pages;

/// <summary>The live page, the protocol's page and the API's page. The files travel inside of the assembly, so there is nothing to mislay.</summary>
internal static class PageEndpoints
{
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        Map(routes, "/", "index.html", "text/html; charset=utf-8");
        Map(routes, "/live.js", "live.js", "text/javascript; charset=utf-8");
        Map(routes, "/live.css", "live.css", "text/css; charset=utf-8");
        Map(routes, "/icon.svg", "icon.svg", "image/svg+xml");
        Map(routes, "/protocol", "PROTOCOL.md", "text/plain; charset=utf-8");
        routes.MapOpenApi("/openapi/{documentName}.json").For(Access.Open);
    }

    private static void Map(IEndpointRouteBuilder routes, string pattern, string name, string contentType)
    {
        var content = Read(name);
        var tag = EntityTagHeaderValue.Parse($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
        routes.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], (HttpContext context) =>
        {
            var headers = context.Response.Headers;
            headers.CacheControl = "no-cache";
            PageHeaders.Set(headers, PageHeaders.Policy);
            return Results.Bytes(content, contentType, entityTag: tag);
        }).For(Access.Open).ExcludeFromDescription();
    }

    public static byte[] Read(string name)
    {
        using var stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is missing from {Assembly.GetExecutingAssembly().GetName().Name}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
