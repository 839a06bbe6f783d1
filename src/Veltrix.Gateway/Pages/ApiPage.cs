using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Problems;

namespace Veltrix.Gateway.Pages;

/// <summary>What /openapi/v1.json says beyond the endpoints' own words: who may call them, and the codes of their refusals.</summary>
internal static class ApiPage
{
    private const string OperatorScheme = "operatorKey";
    private const string PlayerScheme = "playerToken";

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Veltrix";
            document.Info.Description =
                "Live treasure hunts. Refusals are application/problem+json with a stable code; play itself goes over the WebSocket that /protocol describes.";
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
            {
                [OperatorScheme] = Bearer("An operator key, vop_..., shown once when it is made: the first at the first start, others by an admin; or a token (JWT) of the provider that the gateway trusts."),
                [PlayerScheme] = Bearer("A player token, vpl_..., which an operator makes for one hunt and one name; or a token (JWT) that the organiser's backend signed, as /protocol says."),
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            var scheme = metadata.OfType<AccessMark>().LastOrDefault() switch
            {
                { Role: { } role } => Say(operation, role),
                { Access: Access.Player } => PlayerScheme,
                _ => null,
            };
            if (scheme is not null)
            {
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] }];
            }

            foreach (var refusals in metadata.OfType<Refusals>())
            {
                foreach (var status in refusals.Kinds.GroupBy(kind => kind.Status))
                {
                    if (operation.Responses is { } responses && responses.TryGetValue(status.Key.ToString(), out var response))
                    {
                        response.Description = string.Join("; ", status.Select(kind => $"`{kind.Code}`: {kind.Title}"));
                    }
                }
            }

            return Task.CompletedTask;
        });
    }

    private static string Say(OpenApiOperation operation, OperatorRole least)
    {
        operation.Description = $"{operation.Description}\n\nNeeds the role {Roles.NameOf(least)} or a higher one.".TrimStart();
        return OperatorScheme;
    }

    private static OpenApiSecurityScheme Bearer(string description) =>
        new() { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = description };
}
