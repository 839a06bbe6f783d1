using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Dashboard;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Pages;
using Veltrix.Gateway.SignIn;

namespace Veltrix.Gateway.Dashboard;

/// <summary>
/// The Orleans dashboard: silos, grains, calls. All of it lies behind one address with one mark, so that none of its own addresses can be open by oversight,
/// and it is put together when the first viewer comes: its files take 15 MB of memory and 0.3 s of a core to pack.
/// </summary>
internal static class DashboardEndpoints
{
    private const string Address = "/dashboard";

    public static void AddDashboard(this IServiceCollection services, IConfiguration configuration) =>
        new Registrations(services, configuration).AddDashboard(static dashboard => dashboard.HideTrace = true);

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        var dashboard = new Lazy<RequestDelegate>(() => Build(routes.ServiceProvider));
        routes.MapGet($"{Address}/{{**page}}", context => ShowAsync(context, dashboard.Value)).For(Access.Viewer).WithMetadata(new ForBrowsers()).ExcludeFromDescription();

        // It calls what it finds by reflection, on a grain of any name.
        routes.MapGet($"{Address}/GrainState", context => ShowAsync(context, dashboard.Value)).For(Access.Admin).ExcludeFromDescription();
    }

    private static Task ShowAsync(HttpContext context, RequestDelegate dashboard)
    {
        PageHeaders.Set(context.Response.Headers, PageHeaders.DashboardPolicy);

        // Its own routing takes over from here.
        context.SetEndpoint(null);
        context.Request.RouteValues.Clear();
        return dashboard(context);
    }

    private static RequestDelegate Build(IServiceProvider services)
    {
        var pipeline = new ApplicationBuilder(services);
        pipeline.UseRouting();
        pipeline.UseEndpoints(static endpoints => endpoints.MapOrleansDashboard(Address).For(Access.Viewer).ExcludeFromDescription());
        return pipeline.Build();
    }

    private sealed record Registrations(IServiceCollection Services, IConfiguration Configuration) : IClientBuilder;
}
