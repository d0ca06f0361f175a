// SCIMMY over a Map, with an index of userNames: as fast as its users can make it without a database.
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";
import { randomUUID } from "node:crypto";

const users = new Map();
const byUserName = new Map();

function notFound(id) {
    throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
}

function wanted(filter) {
    const [, userName] = filter?.length === 1 ? (filter[0].userName ?? []) : [];
    if (typeof userName !== "string") return filter ? filter.match([...users.values()]) : [...users.values()];
    const found = byUserName.get(userName.toLowerCase());
    return found ? [found] : [];
}

SCIMMY.Resources.declare(SCIMMY.Resources.User, {
    egress: (resource) => (resource.id ? (users.get(resource.id) ?? notFound(resource.id)) : wanted(resource.filter)),
    ingress: (resource, data) => {
        const now = new Date().toISOString();
        const id = resource.id ?? randomUUID();
        const before = users.get(id);
        const key = data.userName.toLowerCase();
        const holder = byUserName.get(key);
        if (holder && holder.id !== id) throw new SCIMMY.Types.Error(409, "uniqueness", "userName is taken");
        const created = before?.meta.created ?? now;
        const user = { ...before, ...data, id, meta: { resourceType: "User", created, lastModified: now } };
        users.set(id, user);
        byUserName.set(key, user);
        return user;
    },
    degress: (resource) => {
        const user = users.get(resource.id) ?? notFound(resource.id);
        users.delete(resource.id);
        byUserName.delete(user.userName.toLowerCase());
    },
});
SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser);

const app = express();
app.use("/scim/v2", new SCIMMYRouters({ type: "bearer", handler: () => "bench" }));
const server = app.listen(Number(process.argv[2]), "127.0.0.1", () => {
    console.log(`listening at http://127.0.0.1:${server.address().port}/scim/v2`);
});
